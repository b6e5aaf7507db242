/// Placeholder of the skeleton.
enum DiscordRESTTestsSkeleton {}
