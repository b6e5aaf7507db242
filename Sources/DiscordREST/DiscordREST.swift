/// Placeholder of the skeleton.
enum DiscordRESTSkeleton {}
