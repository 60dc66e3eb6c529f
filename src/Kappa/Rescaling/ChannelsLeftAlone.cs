namespace Kappa.Rescaling;

/// <summary>Output channels of a layer that a rescaling left as they were.</summary>
/// <param name="Path">The layer's path in the model.</param>
/// <param name="Count">How many channels.</param>
/// <param name="Reason">Why.</param>
public sealed record ChannelsLeftAlone(string Path, int Count, string Reason);
