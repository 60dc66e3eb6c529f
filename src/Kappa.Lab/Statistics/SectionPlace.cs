namespace Kappa.Lab.Statistics;

/// <summary>Where a section is shown.</summary>
public enum SectionPlace
{
    /// <summary>In the report and, without its plots, on the terminal.</summary>
    Everywhere,

    /// <summary>In the report alone.</summary>
    Report,

    /// <summary>In the report, folded until somebody opens it; the terminal shows its title.</summary>
    Folded,
}
