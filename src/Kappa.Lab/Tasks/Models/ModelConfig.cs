namespace Kappa.Lab.Tasks.Models;

/// <summary>A multilayer perceptron, as a config describes it.</summary>
public sealed record ModelConfig
{
    /// <summary>Widths of the hidden layers, such as <c>[256, 256]</c>; empty makes a linear model.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [256, 256];

    /// <summary><c>relu</c>, <c>tanh</c>, <c>gelu</c>, <c>silu</c> or <c>identity</c>.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>Whether linear layers have a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary><c>default</c>, <c>kaiming</c>, <c>xavier</c> or <c>orthogonal</c>.</summary>
    public string Initializer { get; init; } = "default";
}
