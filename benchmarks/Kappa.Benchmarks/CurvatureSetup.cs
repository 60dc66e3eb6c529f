using System.Runtime.InteropServices;
using System.Text.Json;
using Kappa.Checkpoints;
using Kappa.Curvature.Operators;
using Kappa.Lab.Catalog;
using Kappa.Lab.Studies.Train;
using Kappa.Networks.Models;
using Kappa.Tensors;

namespace Kappa.Benchmarks;

/// <summary>The model of the curvature benchmark, a million parameters trained on the Brown corpus, and the files that give it to the peer.</summary>
internal sealed class CurvatureSetup
{
    private const int Sequences = 64;
    private const string Config = """
        {
          "name": "curvature-benchmark",
          "data": { "name": "brown-corpus", "tokenizer": "byte-pair", "vocabulary": 1024 },
          "model": { "name": "transformer", "width": 128, "layers": 4, "heads": 4, "keyHeads": 2, "contextLength": 64 },
          "optimizer": { "name": "adamw", "learningRate": 0.002 },
          "schedule": { "warmup": 40, "decay": "cosine" },
          "steps": 400,
          "batchSize": 16,
          "validationExamples": 50,
          "seed": 1
        }
        """;

    private readonly TrainedModel _trained;

    internal CurvatureSetup()
    {
        Folder = Path.Combine(Path.GetTempPath(), "kappa-curvature-benchmark");
        var config = TrainingConfig.Parse(Config, ".", KappaCatalog.Choices);
        if (!File.Exists(Path.Combine(Folder, "run", "result.json")))
        {
            Console.WriteLine("training the model once (400 steps) ...");
            _ = TrainingRunner.Run(config, Path.Combine(Folder, "run"));
        }

        _trained = TrainedModel.Load(Path.Combine(Folder, "run"), KappaCatalog.Choices);
        Risk = _trained.Risk(Sequences, new RiskOptions { BatchSize = 16 });
    }

    internal string Folder { get; }

    internal EmpiricalRisk Risk { get; }

    /// <summary>Starts the peer with the same weights and sequences, and checks that it computes the same loss.</summary>
    internal TorchPeer? StartPeer(int threads)
    {
        var options = ((Transformer)_trained.Model).Options;
        string weights = Path.Combine(Folder, "weights.safetensors"), tokens = Path.Combine(Folder, "tokens.bin");
        _trained.Model.StateDict().Save(weights);
        var (inputs, targets) = Risk.Samples.Read(0, Sequences);
        File.WriteAllBytes(tokens, [.. MemoryMarshal.AsBytes(inputs.Values<int>()), .. MemoryMarshal.AsBytes(targets.Values<int>())]);
        string description = JsonSerializer.Serialize(new
        {
            model = new
            {
                vocabulary = options.VocabularySize, width = options.Width, layers = options.Layers, heads = options.Heads, keyHeads = options.KeyHeads,
                positions = options.ContextLength
            },
            weights,
            tokens,
            positions = options.ContextLength,
        });
        return TorchPeer.Start("torch_curvature.py", threads, openMpBlas: threads > 1, [description], peer =>
        {
            double ours = Risk.Value(0, 9), theirs = peer.AskObject(new { work = "loss", k = 9 }).GetProperty("mean").GetDouble();
            if (!(Math.Abs(ours - theirs) <= 1e-5 * ours))
                throw new InvalidDataException($"the peer is another model: its loss is {theirs:R}, ours {ours:R}");
        });
    }

    /// <summary>Gives the peer our eigenvectors, so that both measure the same subspace.</summary>
    internal void HandOver(TorchPeer peer, Tensor vectors)
    {
        string path = Path.Combine(Folder, "basis.bin");
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(vectors.Values<float>()).ToArray());
        _ = peer.AskObject(new { work = "use", path, count = vectors.Shape[0] });
    }
}
