/// What is to be done with a folder that a render or an export is to fill.
package enum OutputPlan: Equatable {
  /// Nothing: the same is there already.
  case skip
  /// Write a new, or into an empty, folder.
  case fill
  /// Replace what is finished there; files that other steps put beside are kept.
  case replace(ours: Set<String>)
}
