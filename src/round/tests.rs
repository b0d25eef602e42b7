mod guarded;
mod laws;
mod overlap;
mod uplinks;
mod world;
