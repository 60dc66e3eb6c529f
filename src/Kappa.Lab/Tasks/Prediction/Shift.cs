namespace Kappa.Lab.Tasks.Prediction;

/// <summary>How inputs differ where a model is deployed from those it was trained on.</summary>
internal enum Shift
{
    /// <summary>Normal noise on every number, the strength its standard deviation.</summary>
    Noise,

    /// <summary>Pictures out of focus, the strength the standard deviation of the blur in pixels.</summary>
    Blur,

    /// <summary>Inputs that are not there, and stand at 0, the strength their share; the same ones in every example.</summary>
    Missing,
}
