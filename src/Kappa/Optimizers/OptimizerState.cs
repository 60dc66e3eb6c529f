using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>What an optimizer must carry over to continue exactly: tensors by "parameter.slot", and numbers by name.</summary>
public sealed class OptimizerState
{
    private readonly SortedDictionary<string, double> _numbers = new(StringComparer.Ordinal);

    /// <summary>Makes an empty state.</summary>
    /// <param name="kind">Which optimizer it belongs to, such as <c>AdamW</c> or <c>DoPr(AdamW)</c>.</param>
    public OptimizerState(string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        Kind = kind;
    }

    /// <summary>Which optimizer it belongs to.</summary>
    public string Kind { get; }

    /// <summary>Tensors, such as <c>0.weight.first_moment</c>.</summary>
    public StateDict Tensors { get; } = new();

    /// <summary>Numbers, such as <c>step_count</c>.</summary>
    public IReadOnlyDictionary<string, double> Numbers => _numbers;

    /// <summary>Adds a number.</summary>
    /// <param name="name">Its name, not used yet.</param>
    /// <param name="value">Its value; finite, so that JSON can hold it.</param>
    /// <exception cref="ArgumentException">The name is taken, or the value is not finite.</exception>
    public void Add(string name, double value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!double.IsFinite(value))
            throw new ArgumentException($"{name} takes a finite number; got {value}", nameof(value));
        if (!_numbers.TryAdd(name, value))
            throw new ArgumentException($"two numbers are named \"{name}\"", nameof(name));
    }
}
