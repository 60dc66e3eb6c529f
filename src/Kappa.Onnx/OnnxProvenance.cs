namespace Kappa.Onnx;

/// <summary>Where an imported model came from, as its file says.</summary>
/// <param name="Producer">The program that wrote it.</param>
/// <param name="ProducerVersion">The version of that program.</param>
/// <param name="OperatorSet">The version of the operators.</param>
/// <param name="Metadata">What else the file says.</param>
public sealed record OnnxProvenance(string Producer, string ProducerVersion, long OperatorSet, IReadOnlyDictionary<string, string> Metadata);
