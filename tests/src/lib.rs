//! What the tests share: fixtures, the data folder beside the checkout, and the checking functions.
