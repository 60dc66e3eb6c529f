namespace Kappa.Data.Tables;

/// <summary>How a <see cref="TableEncoder"/> makes numbers of a table.</summary>
public sealed record TableEncoderOptions
{
    /// <summary>What the target is: classes or numbers; null: classes for text, numbers for numbers that are not all integers, and for integers an error that
    /// asks.</summary>
    public TargetKind? Kind { get; init; }

    /// <summary>What becomes of missing values. A missing target is always an error.</summary>
    public MissingPolicy Missing { get; init; } = MissingPolicy.MeanAndIndicator;

    /// <summary>What becomes of a missing value in a column that no training row misses.</summary>
    public LaterMissingPolicy MissingLater { get; init; } = LaterMissingPolicy.Error;

    /// <summary>What becomes of columns with one value.</summary>
    public ConstantPolicy Constant { get; init; } = ConstantPolicy.Drop;

    /// <summary>What becomes of categories that no training row has.</summary>
    public UnseenPolicy Unseen { get; init; } = UnseenPolicy.Error;

    /// <summary>Categories that a column has at most; each is a feature. More are an error.</summary>
    public int MostCategories { get; init; } = 1000;

    /// <summary>Whether a target of numbers gets mean 0 and deviation 1; <see cref="TableEncoder.ToNumbers"/> undoes it.</summary>
    public bool StandardizeTarget { get; init; }

    /// <summary>Hears what was left out or not known; null for <see cref="Warnings"/>.</summary>
    public Action<string>? OnWarning { get; init; }

    internal void Validate()
    {
        if (Kind is { } kind && kind is not (TargetKind.Classes or TargetKind.Numbers))
            throw new ArgumentException($"TableEncoderOptions.Kind takes Classes, Numbers or null; got {kind}");
        if (MostCategories < 1)
            throw new ArgumentException($"TableEncoderOptions.MostCategories takes 1 or more; got {MostCategories}");
        if (!Enum.IsDefined(Missing) || !Enum.IsDefined(MissingLater) || !Enum.IsDefined(Constant) || !Enum.IsDefined(Unseen))
            throw new ArgumentException($"TableEncoderOptions: {Missing}, {MissingLater}, {Constant} and {Unseen} must be defined policies");
    }
}
