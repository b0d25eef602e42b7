mod book;
mod conflicts;
mod fake;
mod lists;
mod writes;
