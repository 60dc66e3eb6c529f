namespace Kappa.Checkpoints;

/// <summary>The parts of a tensor's name.</summary>
internal static class TensorName
{
    /// <summary>What the tensor is called in its module, such as <c>weight</c>.</summary>
    internal static string Last(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary>The path of its module; empty for none.</summary>
    internal static string Module(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];
}
