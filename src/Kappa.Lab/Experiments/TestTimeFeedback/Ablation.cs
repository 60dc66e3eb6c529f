namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>One setting of activation preconditioning that is varied alone.</summary>
/// <param name="Setting">What configs call it.</param>
/// <param name="Value">What it has.</param>
internal sealed record Ablation(string Setting, double Value)
{
    internal const string Gamma = "gamma";
    internal const string RefreshInterval = "refreshInterval";
    internal const string MovingAverage = "movingAverage";

    /// <summary>What tables call the setting.</summary>
    internal string Title => TitleOf(Setting);

    /// <summary>What tables call a setting.</summary>
    internal static string TitleOf(string setting) => setting switch
    {
        Gamma => "gamma",
        RefreshInterval => "refresh interval",
        _ => "moving average",
    };

    /// <summary>The value of a setting.</summary>
    internal static double In(DoPrOptions options, string setting) => setting switch
    {
        Gamma => options.Gamma,
        RefreshInterval => options.RefreshInterval,
        _ => options.MovingAverage,
    };

    /// <summary>The options with this one value changed.</summary>
    internal DoPrOptions Of(DoPrOptions options) => Setting switch
    {
        Gamma => options with { Gamma = Value },
        RefreshInterval => options with { RefreshInterval = (int)Value },
        _ => options with { MovingAverage = Value },
    };
}
