using System.Text;
using System.Text.RegularExpressions;
using Kappa.Lab.Runs;
using Kappa.Lab.Studies.Train;
using Kappa.Lab.Tasks.Supervised;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Training;

namespace Kappa.Mpi.Tests;

/// <summary>Trainings that one job does one after the other, since starting a job takes longer than a short training.</summary>
internal static partial class TrainingScenario
{
    /// <summary>Trains each config as the command does; the first process says a hash of each model, optimizer and metrics.</summary>
    internal static void Run(Communicator processes, string folder, string[] names)
    {
        var pictures = new Dictionary<string, TrainingData>();
        foreach (string name in names)
        {
            var config = TrainingConfig.ReadFile(Path.Combine(folder, $"{name}.json"), KappaCatalog.Choices);
            string path = Path.Combine(folder, $"{name}-of-{processes.Size}");
            if (processes.Rank == 0)
            {
                var request = new RunRequest(TrainingFolder.Kind, config.Name, SettingsOf<TrainingConfig>.Write(config)) { Path = path };
                using var run = RunFolder.Open(request);
                var data = Load(config, run);
                _ = processes.Gather([]);
                var runner = new TrainingRunner(config, data, TimeProvider.System) { Processes = processes };
                double loss = runner.Run(run, null, default).ValidationLoss;
                Scenarios.Say(0, $"{name} {HashOf(path)} {loss:R} {runner.BytesPerStep}");
            }
            else
            {
                _ = processes.Gather([]);
                var run = new RunPart(path);
                new TrainingRunner(config, Load(config, run), TimeProvider.System) { Processes = processes }.Join(run, default);
            }
        }

        // A text has a tokenizer in each run; pictures are the same for every run of a model.
        TrainingData Load(TrainingConfig config, RunPart run)
        {
            if (config.Data.Name == "text")
                return TrainingRunner.LoadData(config, run);
            if (!pictures.TryGetValue(config.Model.Name, out var data))
                pictures.Add(config.Model.Name, data = TrainingRunner.LoadData(config, run));
            return data;
        }
    }

    /// <summary>Where one process of the job meets a number that is none, in the last piece but two of eight.</summary>
    internal static int RunIntoNaN(Communicator processes)
    {
        var model = new Sequential(new Linear(4, 3)).Initialize(new Philox(1));
        using var pieces = new BatchPieces(8, processes, model);
        float[] inputs = Tensor.Normal([16, 4], new Philox(2)).ToArray<float>();
        var (from, count) = pieces.RowsOf(16).GetOffsetAndLength(16);
        var loop = new TrainingLoop(
            new AdamW(model.Parameters()), () => new Batch(
                Tensor.From(inputs.AsSpan(from * 4, count * 4), [count, 4]), Tensor.From([.. Enumerable.Range(from, count).Select(i => i % 3)], [count])),
            batch => Loss.CrossEntropy(model.Forward(batch.Inputs), batch.Targets), pieces)
        {
            AfterStep = () => inputs[(5 * 2 * 4) + 1] = float.NaN,
        };
        try
        {
            loop.Run(3, default);
            return 0;
        }
        catch (NonFiniteException error)
        {
            processes.Fail(error.Message);
            Scenarios.Say(processes.Rank, $"failed in step {loop.Step + 1}");
            return 1;
        }
    }

    /// <summary>A hash of all that a run has come to, but for its times.</summary>
    internal static string HashOf(string run)
    {
        var steps = Directory.GetDirectories(Path.Combine(run, "checkpoints")).Order(StringComparer.Ordinal).SelectMany(Directory.GetFiles)
            .Where(file => file.EndsWith(".safetensors")).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes);
        string metrics = WithoutSeconds(File.ReadAllText(Path.Combine(run, "metrics.jsonl")));
        return Scenarios.Hash<byte>([.. steps, .. Encoding.UTF8.GetBytes(metrics)]);
    }

    /// <summary>A text but for its times, and the hashes of what holds them.</summary>
    internal static string WithoutSeconds(string text) => Seconds().Replace(text, "");

    [GeneratedRegex("\"(seconds|secondsPerStep|sha256|checksum)\":\"?[0-9a-zA-Z.+-]+\"?")]
    private static partial Regex Seconds();
}
