using System.Text.Json.Serialization;

namespace Kappa.Lab.Statistics;

/// <summary>A cell of a table: what it says, and the number in full where it says one.</summary>
/// <param name="Text">What people read.</param>
public sealed record FindingCell(string Text)
{
    /// <summary>What stands for nothing.</summary>
    public const string Nothing = "–";

    /// <summary>The number; null for none.</summary>
    public double? Value { get; init; }

    /// <summary>The interval of an estimate; null for none.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Whether it is marked, as the best of its column or as what was chosen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsMarked { get; init; }

    /// <summary>A number.</summary>
    /// <param name="value">The number; what is not finite is said to be so.</param>
    /// <param name="format">How it is written; null for three digits.</param>
    public static FindingCell Of(double value, string? format = null) => new(Figures.Text(value, format)) { Value = value };

    /// <summary>A number, or what its absence means.</summary>
    /// <param name="value">The number; null for none.</param>
    /// <param name="otherwise">What stands there for none.</param>
    public static FindingCell Of(double? value, string otherwise) => value is { } number ? Of(number) : new FindingCell(otherwise);

    /// <summary>A count.</summary>
    /// <param name="value">The count.</param>
    public static FindingCell Of(long value) => new(value.ToString("N0", CultureInfo.InvariantCulture)) { Value = value };

    /// <summary>An estimate with its interval; a dash for null.</summary>
    /// <param name="interval">The interval.</param>
    public static FindingCell Of(Interval? interval) => new(Figures.Short(interval)) { Interval = interval };

    /// <summary>Text alone.</summary>
    /// <param name="text">What it says.</param>
    public static implicit operator FindingCell(string text) => new(text);
}
