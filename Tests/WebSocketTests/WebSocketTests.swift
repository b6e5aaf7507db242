/// Placeholder of the skeleton.
enum WebSocketTestsSkeleton {}
