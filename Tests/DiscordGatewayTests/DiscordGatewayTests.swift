/// Placeholder of the skeleton.
enum DiscordGatewayTestsSkeleton {}
