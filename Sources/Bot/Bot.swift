/// Placeholder of the skeleton.
enum BotSkeleton {}
