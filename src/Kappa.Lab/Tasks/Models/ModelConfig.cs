namespace Kappa.Lab.Tasks.Models;

/// <summary>A multilayer perceptron, as a config describes it.</summary>
public sealed record ModelConfig
{
    private readonly IReadOnlyList<int>? _hidden;
    private readonly string? _activation;
    private readonly bool? _bias;
    private readonly string? _initializer;

    /// <summary>Widths of the hidden layers, such as <c>[256, 256]</c>; empty makes a linear model.</summary>
    [Setting("widths of the hidden layers; none makes a linear model", AtLeast = 1, AtMost = 1 << 20, MayBeEmpty = true)]
    public IReadOnlyList<int> Hidden { get => _hidden ?? [256, 256]; init => _hidden = value; }

    /// <summary><c>relu</c>, <c>tanh</c>, <c>gelu</c>, <c>silu</c> or <c>identity</c>.</summary>
    [Setting("between layers", OneOf = ["relu", "tanh", "gelu", "silu", "identity"])]
    public string Activation { get => _activation ?? "relu"; init => _activation = value; }

    /// <summary>Whether linear layers have a bias.</summary>
    [Setting("whether layers have a bias")]
    public bool Bias { get => _bias ?? true; init => _bias = value; }

    /// <summary><c>default</c>, <c>kaiming</c>, <c>xavier</c> or <c>orthogonal</c>.</summary>
    [Setting("how weights are drawn", OneOf = ["default", "kaiming", "xavier", "orthogonal"])]
    public string Initializer { get => _initializer ?? "default"; init => _initializer = value; }

    /// <summary>Another model with what this one says changed.</summary>
    internal ModelConfig Over(ModelConfig other) => new()
    {
        Hidden = _hidden ?? other.Hidden,
        Activation = _activation ?? other.Activation,
        Bias = _bias ?? other.Bias,
        Initializer = _initializer ?? other.Initializer,
    };
}
