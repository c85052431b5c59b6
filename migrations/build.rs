//! Builds anew when a migration is added: the macro reads the folder at compile time.

fn main() {
    println!("cargo:rerun-if-changed=.");
}
