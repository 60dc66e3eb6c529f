namespace Kappa.Lab.Reports.Export;

/// <summary>What a report is written as.</summary>
[Flags]
public enum ReportFormats
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Tables for LaTeX, with booktabs.</summary>
    Latex = 1,

    /// <summary>Tables, and the points of plots, as comma-separated values.</summary>
    Csv = 2,

    /// <summary>Plots as vector graphics.</summary>
    Svg = 4,

    /// <summary>One page, and the same for programs.</summary>
    Html = 8,

    /// <summary>TensorBoard's event files of training runs.</summary>
    TensorBoard = 16,

    /// <summary>All that papers take.</summary>
    All = Latex | Csv | Svg | Html,
}
