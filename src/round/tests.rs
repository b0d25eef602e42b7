mod guarded;
mod laws;
mod parts;
mod uplinks;
mod world;
