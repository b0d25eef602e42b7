//! The program: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    moored::app::main(std::env::args_os()).code().into()
}
