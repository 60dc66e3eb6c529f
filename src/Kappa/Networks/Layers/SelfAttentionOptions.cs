using Kappa.Networks.Initializers;

namespace Kappa.Networks.Layers;

/// <summary>Sizes and variants of <see cref="SelfAttention"/>.</summary>
public sealed record SelfAttentionOptions
{
    /// <summary>Features of a position.</summary>
    public required int Width { get; init; }

    /// <summary>Heads of the queries; divides the width.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of the keys and values; divides the heads. Null: as many as heads.</summary>
    public int? KeyHeads { get; init; }

    /// <summary>The longest sequence.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Whether a position sees only itself and earlier ones.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>The base of the rotary embedding's angles; null for none.</summary>
    public double? RotaryBase { get; init; } = 10_000;

    /// <summary>Whether queries and keys are divided by their root mean square.</summary>
    public bool NormalizeQueriesAndKeys { get; init; }

    /// <summary>How the projections are drawn; null: as <see cref="Linear"/> does by default.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>How the projection of the output is drawn; null: as the others.</summary>
    public Initializer? OutputInitializer { get; init; }

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="ArgumentException">A size is out of range, or does not divide; the message names the property, what it got and what it
    /// takes.</exception>
    public void Validate()
    {
        Require(Width >= 1, nameof(Width), Width, "1 or more");
        Require(ContextLength >= 1, nameof(ContextLength), ContextLength, "1 or more");
        Require(Heads >= 1 && Width % Heads == 0, nameof(Heads), Heads, $"a divisor of the width {Width}");
        Require(KeyHeads is null || (KeyHeads >= 1 && Heads % KeyHeads == 0), nameof(KeyHeads), KeyHeads, $"a divisor of the {Heads} heads");
        Require(RotaryBase is null or (> 0 and < double.PositiveInfinity), nameof(RotaryBase), RotaryBase, "a finite number above zero");
        Require(RotaryBase is null || Width / Heads % 2 == 0, nameof(Heads), Heads,
            $"a number that leaves heads of even width, for the rotary embedding; {Width} / {Heads} is odd");
    }

    internal static void Require(bool holds, string property, object? got, string takes)
    {
        if (!holds)
            throw new ArgumentException($"{property} takes {takes}; got {got}", property);
    }
}
