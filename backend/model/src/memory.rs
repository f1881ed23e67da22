//! How much memory a snapshot takes, told from its numbers: measured by `tests/estate/test_memory.py`, and held there.

/// Bytes of a resource with its attributes, tags and its place in every index.
pub const PER_RESOURCE: u64 = 1600;

/// Bytes of a link and its places in the adjacency.
pub const PER_LINK: u64 = 300;

/// What the program takes without a snapshot: its code, threads, connections and caches.
pub const AT_REST: u64 = 80 << 20;

/// About how many bytes a snapshot of so many resources and links takes while it is served.
pub fn estimate(resources: usize, links: usize) -> u64 {
    (resources as u64)
        .saturating_mul(PER_RESOURCE)
        .saturating_add((links as u64).saturating_mul(PER_LINK))
}

/// Whether a snapshot fits beside the one before it, which stays until the new one is ready; else why not.
pub fn check(most: Option<u64>, resources: usize, links: usize) -> Result<(), String> {
    let Some(most) = most else {
        return Ok(());
    };
    let needed = estimate(resources, links)
        .saturating_mul(2)
        .saturating_add(AT_REST);
    if needed <= most {
        return Ok(());
    }
    let in_mib = |bytes: u64| bytes.div_ceil(1 << 20);
    Err(format!(
        "has {resources} resources and {links} links, which take about {} MiB, more than --max-memory {} MiB: allow more, or crawl less at once",
        in_mib(needed),
        in_mib(most)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_says_how_large_it_is() {
        assert_eq!(check(None, usize::MAX, usize::MAX), Ok(()));
        assert_eq!(check(Some(1 << 30), 10_000, 50_000), Ok(()));
        let why = check(Some(100 << 20), 10_000, 50_000).unwrap_err();
        assert!(
            why.starts_with("has 10000 resources and 50000 links"),
            "{why}"
        );
        assert!(why.contains("--max-memory 100 MiB"), "{why}");
        assert!(check(Some(u64::MAX - 1), usize::MAX, usize::MAX).is_err());
    }
}
