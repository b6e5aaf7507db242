/// Placeholder of the skeleton.
enum JSONValuesTestsSkeleton {}
