//! The browser app: files dropped on the page, the report as a table.
