/// Placeholder of the skeleton.
enum DiscordSimulatorSkeleton {}
