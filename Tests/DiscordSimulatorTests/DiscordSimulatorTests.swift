/// Placeholder of the skeleton.
enum DiscordSimulatorTestsSkeleton {}
