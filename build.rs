//! Where the program stands in memory. Most of its start was the loader moving some 44,000 addresses of
//! tables, those of time zones before all, and copying the pages that they stand on; at a fixed address
//! there is nothing to move. docs/decisions.md says what that costs.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
