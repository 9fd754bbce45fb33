//! Lists in another order, the same one every time: what tests of order need of randomness.

/// A small generator (SplitMix64, Steele et al. 2014); the seed is the whole of its state.
#[derive(Debug, Clone)]
pub struct Shuffle(pub u64);

impl Shuffle {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The list in another order (Fisher and Yates).
    pub fn list<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for last in (1..items.len()).rev() {
            let chosen = usize::try_from(self.number() % (last as u64 + 1)).unwrap_or(0);
            items.swap(last, chosen);
        }
        items
    }
}
