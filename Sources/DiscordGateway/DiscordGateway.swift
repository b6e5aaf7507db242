/// Placeholder of the skeleton.
enum DiscordGatewaySkeleton {}
