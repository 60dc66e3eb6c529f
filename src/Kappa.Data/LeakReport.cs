namespace Kappa.Data;

/// <summary>Which examples to measure on stand among those to train on.</summary>
/// <param name="Count">How many of the validation examples do.</param>
/// <param name="First">The first of them; -1 where there is none.</param>
/// <param name="ExampleCount">How many validation examples there are.</param>
public sealed record LeakReport(int Count, int First, int ExampleCount);
