using System.Runtime.CompilerServices;

namespace Kappa.Lab.Experiments;

/// <summary>Data of the user's own in the place of what a figure is made of.</summary>
internal static class OwnData
{
    /// <summary>The setting that names it.</summary>
    internal const string Name = "data";

    /// <summary>What the setting means.</summary>
    internal const string Meaning =
        "data of your own in the place of the figure's, such as { \"name\": \"images\", \"path\": ... }; on the command line relative to the current folder";

    // Cells read the same data, and it does not change while they run.
    private static readonly ConditionalWeakTable<Choice<DataKind>, Lazy<TrainingData>> Loaded = [];

    /// <summary>Refuses data that an experiment cannot use.</summary>
    /// <exception cref="ConfigException">It cannot.</exception>
    internal static void Require(SettingsCheck check, Choice<DataKind>? data, params DataContent[] contents)
    {
        if (data is not null && !contents.Contains(data.Kind.Content))
        {
            string fitting = string.Join(", ", check.Choices.Of<DataKind>().Where(kind => contents.Contains(kind.Content)).Select(kind => kind.Name));
            throw check.Fault(Name, $"{data.Name} does not hold what this figure is made of; expected one of {fitting}");
        }
    }

    /// <summary>Reads it, once for all cells.</summary>
    /// <param name="data">The data.</param>
    /// <param name="isFlat">Whether pictures come as vectors.</param>
    /// <param name="contextLength">Tokens of a window of text.</param>
    internal static TrainingData Load(Choice<DataKind> data, bool isFlat, int contextLength = 0) => Loaded.GetValue(data, one => new Lazy<TrainingData>(
        () => one.Kind.Load(one.Settings, new DataRequest(contextLength, isFlat, null) { DataPath = Name, ModelPath = "experiment" }))).Value;

    /// <summary>Reads data of classes, once for all cells.</summary>
    /// <exception cref="ConfigException">It has numbers to predict.</exception>
    internal static TrainingData LoadClasses(Choice<DataKind> data, bool isFlat)
    {
        var loaded = Load(data, isFlat);
        return loaded.Objective.Targets == Kappa.Training.TargetKind.Classes ? loaded
            : throw new ConfigException($"{Name}: {data.Name} has numbers to predict, and this figure is made of classes");
    }

    /// <summary>The hash of it, by its path or name.</summary>
    internal static IReadOnlyDictionary<string, string> Identity(Choice<DataKind> data, TrainingData loaded) =>
        new Dictionary<string, string> { [data.Kind.PathOf(data.Settings) ?? data.Name] = loaded.Fingerprint };

    /// <summary>It as a setting, with paths that are absolute.</summary>
    internal static JsonNode Resolved(Choice<DataKind> data, string folder) =>
        new ChoiceForm(typeof(Choice<DataKind>), allowName: false).Write(data with { Settings = data.Kind.Resolved(data.Settings, folder) });
}
