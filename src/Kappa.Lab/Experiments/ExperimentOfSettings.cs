namespace Kappa.Lab.Experiments;

/// <summary>An experiment whose settings are a record.</summary>
/// <typeparam name="TSettings">A record whose settings carry a <see cref="SettingAttribute"/>.</typeparam>
public abstract class Experiment<TSettings> : Experiment
    where TSettings : class
{
    /// <summary>The settings that take minutes on two cores.</summary>
    protected abstract TSettings Short { get; }

    /// <summary>The settings of the paper.</summary>
    protected abstract TSettings Full { get; }

    /// <inheritdoc/>
    public sealed override JsonObject Settings(ExperimentScale scale) =>
        SettingsOf<TSettings>.Write(scale == ExperimentScale.Full ? Full : Short);

    /// <inheritdoc/>
    public sealed override SettingsType SettingsType => SettingsOf<TSettings>.Type;

    /// <inheritdoc/>
    public sealed override ExperimentPlan Plan(JsonObject settings, Choices choices)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var read = (TSettings)Read(settings, choices);
        var own = DataOf(read);
        return new ExperimentPlan(Cells(read), results => Conclude(read, results))
        {
            Prepare = context => Prepare(read, context),
            Estimate = context => Estimate(read, context),
            Unavailable = own is null ? WhyUnavailable(read) : null,
            Data = own is { } data ? OwnData.Identity(data.Choice, data.Load()) : new Dictionary<string, string>(),
        };
    }

    /// <inheritdoc/>
    public sealed override JsonObject Resolved(JsonObject settings, string folder, Choices choices)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var resolved = settings.DeepClone().AsObject();
        var read = (TSettings)Read(settings, choices);
        if (DataOf(read) is { } own)
            resolved[OwnData.Name] = OwnData.Resolved(own.Choice, folder);
        ResolvePaths(read, resolved, folder);
        return resolved;
    }

    /// <summary>The pieces of work, each independent of the others.</summary>
    /// <param name="settings">The settings.</param>
    protected abstract IReadOnlyList<ExperimentCell> Cells(TSettings settings);

    /// <summary>What the results say. Called again after each resume, also with some missing.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="results">The results of the finished cells, in the order of <see cref="Cells"/>.</param>
    protected abstract Findings Conclude(TSettings settings, CellResults results);

    /// <summary>What all cells need, such as a trained model, kept in <see cref="CellContext.Prepared"/>: runs once before them, with every thread, and again
    /// after a resume.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="context">Where to; what an earlier call left there is still there.</param>
    protected virtual void Prepare(TSettings settings, CellContext context)
    {
    }

    /// <summary>Tries some of the work to say how long all of it will take, in one sentence; null where it cannot say.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="context">Where to; its folder is removed afterwards.</param>
    protected virtual string? Estimate(TSettings settings, CellContext context) => null;

    /// <summary>Makes paths in settings absolute.</summary>
    /// <param name="read">The settings.</param>
    /// <param name="settings">As JSON, to be changed.</param>
    /// <param name="folder">What paths are relative to.</param>
    private protected virtual void ResolvePaths(TSettings read, JsonObject settings, string folder)
    {
    }

    /// <summary>Why these settings cannot run on this machine, and the way out; null where they can.</summary>
    private protected virtual string? WhyUnavailable(TSettings settings) => Unavailable;

    /// <summary>The data of the user's own that settings name, and how it is read; null for that of the figure.</summary>
    private protected virtual (Choice<DataKind> Choice, Func<TrainingData> Load)? DataOf(TSettings settings) => null;

    /// <inheritdoc/>
    public sealed override object Read(JsonObject settings, Choices choices)
    {
        ArgumentNullException.ThrowIfNull(settings);
        try
        {
            return ConfigText.Parse($"{{{string.Join(',', settings.Select(Written))}}}", root =>
            {
                // A setting of an experiment is changed, never taken away.
                foreach (var setting in SettingsType.Settings)
                {
                    if (root.TryGetProperty(setting.Name, out var given) && given.ValueKind == JsonValueKind.Null)
                        throw SettingFields.Unexpected(setting.Name, setting.Form.Expected(choices), "null");
                }

                return SettingsOf<TSettings>.Read(root, "", choices);
            });
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"{FullName}: {error.Message}");
        }
    }

    private static string Written(KeyValuePair<string, JsonNode?> setting)
    {
        try
        {
            return $"{JsonSerializer.Serialize(setting.Key)}:{setting.Value?.ToJsonString() ?? "null"}";
        }
        catch (InvalidOperationException)
        {
            throw new ConfigException($"{setting.Key}: expected text; got half a surrogate pair in it. Give both halves, or the character itself");
        }
    }
}
