mod guarded;
mod laws;
mod uplinks;
mod world;
