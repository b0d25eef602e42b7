mod book;
mod fake;
mod lists;
mod writes;
