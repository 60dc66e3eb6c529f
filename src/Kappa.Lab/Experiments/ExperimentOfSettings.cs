using System.Text.Json.Nodes;
using System.Text.Json;
using Kappa.Lab.Settings;
using Kappa.Lab.Statistics;
using Kappa.Text;

namespace Kappa.Lab.Experiments;

/// <summary>An experiment whose settings are a record.</summary>
/// <typeparam name="TSettings">A record of numbers, strings, flags and lists of them, with <c>init</c> properties.</typeparam>
public abstract class Experiment<TSettings> : Experiment
    where TSettings : class
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };

    /// <summary>The settings that take minutes on two cores.</summary>
    protected abstract TSettings Short { get; }

    /// <summary>The settings of the paper.</summary>
    protected abstract TSettings Full { get; }

    /// <inheritdoc/>
    public sealed override JsonObject Settings(ExperimentScale scale) =>
        JsonSerializer.SerializeToNode(scale == ExperimentScale.Full ? Full : Short, Options)!.AsObject();

    /// <inheritdoc/>
    public sealed override ExperimentPlan Plan(JsonObject settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var read = Read(settings);
        return new ExperimentPlan(Cells(read), results => Conclude(read, results)) { Prepare = context => Prepare(read, context) };
    }

    /// <summary>The pieces of work, each independent of the others.</summary>
    /// <param name="settings">The settings.</param>
    protected abstract IReadOnlyList<ExperimentCell> Cells(TSettings settings);

    /// <summary>What the results say. Called again after each resume, also with some missing.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="results">The results of the finished cells, in the order of <see cref="Cells"/>.</param>
    protected abstract Findings Conclude(TSettings settings, CellResults results);

    /// <summary>What all cells need, such as a trained model, kept in <see cref="CellContext.Prepared"/>: runs once before them, with every thread, and again after a resume.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="context">Where to; what an earlier call left there is still there.</param>
    protected virtual void Prepare(TSettings settings, CellContext context)
    {
    }

    private TSettings Read(JsonObject settings)
    {
        var known = Settings(ExperimentScale.Short).Select(field => field.Key).ToArray();
        foreach (var (name, _) in settings)
        {
            if (!known.Contains(name))
                throw new ConfigException($"{FullName}: {NearestName.Describe("setting", name, known)}");
        }
        foreach (var (name, value) in settings)
        {
            if (!IsWhole(value))
                throw Unexpected(name, value);
            try
            {
                // Each alone first, so that the message names the one that is wrong.
                var alone = Settings(ExperimentScale.Short);
                alone[name] = value?.DeepClone();
                _ = alone.Deserialize<TSettings>(Options);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
            {
                throw Unexpected(name, value);
            }
        }
        var read = settings.Deserialize<TSettings>(Options)!;
        (read as IExperimentSettings)?.Validate();
        return read;
    }

    private ConfigException Unexpected(string name, JsonNode? value) =>
        new($"{FullName}: {name}: expected a value like {Settings(ExperimentScale.Short)[name]?.ToJsonString()}; got {Shown(value)}");

    private static string Shown(JsonNode? value)
    {
        try
        {
            return value?.ToJsonString() ?? "null";
        }
        catch (InvalidOperationException)
        {
            return "text with half a surrogate pair in it";
        }
    }

    /// <summary>Whether nothing is null, every number is finite (1e999 is not), and every text is text.</summary>
    private static bool IsWhole(JsonNode? value)
    {
        try
        {
            return value switch
            {
                null => false,
                JsonArray array => array.All(IsWhole),
                JsonObject fields => fields.All(field => IsWhole(field.Value)),
                JsonValue leaf when leaf.GetValueKind() == JsonValueKind.Number => double.IsFinite(leaf.Deserialize<double>()),
                JsonValue leaf when leaf.GetValueKind() == JsonValueKind.String => leaf.Deserialize<string>() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which JSON can spell, is no text.
            return false;
        }
    }
}
