mod laws;
mod uplinks;
mod world;
