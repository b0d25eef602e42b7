mod guarded;
mod laws;
mod overlap;
mod parts;
mod uplinks;
mod world;
