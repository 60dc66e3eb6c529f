namespace Kappa.Tensors.Kernels;

/// <summary>Questions about two elements. All but those that say so are answered no where one is NaN.</summary>
internal enum Comparison
{
    Equal,

    /// <summary>Yes where one is NaN.</summary>
    NotEqual,

    Less,

    LessEqual,

    Greater,

    GreaterEqual,

    /// <summary>Whether the first is the larger or as large: yes where it is NaN.</summary>
    TakesMaximum,

    /// <summary>Whether the first is the smaller or as small: yes where it is NaN.</summary>
    TakesMinimum,
}
