mod fake;
mod lists;
mod writes;
