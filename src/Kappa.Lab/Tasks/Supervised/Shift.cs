namespace Kappa.Lab.Tasks.Supervised;

/// <summary>How inputs differ where a model is deployed from those it was trained on.</summary>
public enum Shift
{
    /// <summary>Normal noise on every number, the strength its standard deviation.</summary>
    Noise,

    /// <summary>Pictures out of focus, the strength the standard deviation of the blur in pixels.</summary>
    Blur,

    /// <summary>Whole columns of a table that are not there, or pixels that stand at 0, the strength their share; the same ones in every example.</summary>
    Missing,
}
