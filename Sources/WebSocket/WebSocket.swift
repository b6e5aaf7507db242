/// Placeholder of the skeleton.
enum WebSocketSkeleton {}
