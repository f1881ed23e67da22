//! What the operating system says of this process.

/// Memory that is held now; none where the system has no `/proc`.
pub(super) fn resident_bytes() -> Option<usize> {
    resident_of(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// `VmRSS:     21904 kB`, whatever the size of a page is.
fn resident_of(status: &str) -> Option<usize> {
    let line = status.lines().find_map(|own| own.strip_prefix("VmRSS:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        let status = "Name:\tblastmap\nVmPeak:\t 99999 kB\nVmRSS:\t   21904 kB\n";
        assert_eq!(resident_of(status), Some(21904 * 1024));
        assert_eq!(resident_of("Name:\tblastmap\n"), None);
        assert_eq!(resident_of("VmRSS:\t12 pages\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_test_takes_memory() {
        assert!(resident_bytes().unwrap() > 1 << 20);
    }
}
