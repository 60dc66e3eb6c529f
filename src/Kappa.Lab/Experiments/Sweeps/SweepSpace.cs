using System.Collections.Concurrent;

namespace Kappa.Lab.Experiments.Sweeps;

/// <summary>The configs of a sweep: that of the training, with the values of a trial in their fields.</summary>
internal sealed class SweepSpace
{
    private readonly SweepConfig _config;
    private readonly Choices _choices;
    private readonly JsonObject _base;
    private readonly ConcurrentDictionary<string, bool> _isWhole = [];

    internal SweepSpace(SweepConfig config, Choices choices)
    {
        (_config, _choices) = (config, choices);
        _base = SettingsOf<TrainingConfig>.Write(config.Train);
        Paths = [.. config.Search.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The fields that are searched, in order.</summary>
    internal IReadOnlyList<string> Paths { get; }

    /// <summary>Checks that every field is there, is a number, and takes the ends of its range.</summary>
    /// <exception cref="ConfigException">One is not.</exception>
    internal void Require()
    {
        string[] fields = [.. Numeric(_base, "")];
        foreach (string path in Paths)
        {
            if (!fields.Contains(path))
            {
                throw new ConfigException(
                    $"search.{path}: there is no number of that name in train, as it is with all defaults. {NearestName.Describe("field", path, fields)}");
            }
            if (path.StartsWith("data.", StringComparison.Ordinal) || path == "model.contextLength")
                throw new ConfigException($"search.{path}: the data is read once for all trials; expected a field of the model, the optimizer or the training");
            foreach (double end in _config.Search[path].Ends)
                _ = With(path, end);
        }
    }

    /// <summary>The values of a trial, in the order of <see cref="Paths"/>. Those of one field do not depend on what else is searched.</summary>
    internal double[] Draw(int trial)
    {
        var source = new Philox((ulong)_config.Seed).Split("sweep").Split(trial);
        return [.. Paths.Select(path => _config.Search[path].At(source.Split(path).NextDouble(), _isWhole.GetOrAdd(path, IsWhole)))];
    }

    /// <summary>The config of a trial.</summary>
    internal TrainingConfig ConfigOf(int trial)
    {
        var json = _base.DeepClone().AsObject();
        foreach (var (path, value) in Paths.Zip(Draw(trial)))
            Set(json, path, value);
        return Parse(json);
    }

    /// <summary>Whether a field takes whole numbers alone.</summary>
    private bool IsWhole(string path)
    {
        double middle = _config.Search[path].Ends.Min() + 0.5;
        var json = _base.DeepClone().AsObject();
        Set(json, path, middle);
        try
        {
            _ = Parse(json);
            return false;
        }
        catch (ConfigException error)
        {
            return error.Message.Contains("integer", StringComparison.Ordinal);
        }
    }

    private TrainingConfig With(string path, double value)
    {
        var json = _base.DeepClone().AsObject();
        Set(json, path, value);
        try
        {
            return Parse(json);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"search.{path}: {error.Message}");
        }
    }

    // Paths in the config are absolute by now.
    private TrainingConfig Parse(JsonObject json) => TrainingConfig.Parse(json.ToJsonString(), "/", _choices);

    private static void Set(JsonObject json, string path, double value)
    {
        string[] names = path.Split('.');
        JsonNode node = json;
        foreach (string name in names[..^1])
            node = node[name]!;
        node[names[^1]] = value == Math.Floor(value) && Math.Abs(value) < 1L << 53 ? JsonValue.Create((long)value) : JsonValue.Create(value);
    }

    private static IEnumerable<string> Numeric(JsonObject json, string prefix)
    {
        foreach (var (name, node) in json)
        {
            if (node is JsonObject inner)
            {
                foreach (string path in Numeric(inner, $"{prefix}{name}."))
                    yield return path;
            }
            else if (node is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
            {
                yield return prefix + name;
            }
        }
    }
}
