/// Placeholder of the skeleton.
enum BotTestsSkeleton {}
