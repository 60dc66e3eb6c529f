namespace Kappa.Docs.Tests;

/// <summary>What snippets take for granted: members of a class whose names they see.</summary>
internal static class Given
{
    private const string TorchModule = "TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>";

    /// <summary>What any snippet may speak of.</summary>
    internal const string Common = """
        public static Sequential model = Fresh();
        public static Tensor x = Tensor.Normal([8, 784], new Philox(1));
        public static Tensor inputs = x;
        public static Tensor labels = Tensor.From([0, 1, 2, 0, 1, 2, 0, 1], [8]);
        public static Tensor targets = labels;
        public static Optimizer optimizer = new AdamW(model.Parameters(), 1e-3);
        public static Device device = Device.Cpu;
        public static ulong seed = 1;
        public static long step = 500;
        public static Philox generator = new Philox(1);
        public static Sequential Fresh() => (Sequential)new Sequential(new Linear(784, 8), new ReLU(), new Linear(8, 8), new ReLU(), new Linear(8, 3))
            .Initialize(new Philox(1));
        """;

    /// <summary>What a page adds, or the beginning of a line of it: such as files that its snippets read.</summary>
    internal static string For(Snippet snippet) => (snippet.Page, snippet.Code) switch
    {
        ("docs/concepts/differentiation.md", _) => """
            public static Tensor[] directions = [.. model.Parameters().Select(parameter => Tensor.Ones(parameter.Tensor.Shape))];
            public static Tensor[] matrices = [.. directions.Select(one => Tensor.Ones(new Shape([2, .. one.Shape.ToArray()])))];
            public static Tensor outputGradient = Tensor.Ones([8, 3]);
            public static Tensor LossA(Tensor y) => Loss.CrossEntropy(y, labels);
            public static Tensor LossB(Tensor y) => (y * y).Mean();
            """,
        ("docs/how-to/checkpoints.md", var code) when code.Contains("checkpoint", StringComparison.Ordinal) =>
            "public static Checkpoint checkpoint = Made(); static Checkpoint Made() { Checkpoint.Save(\"made\", 1, model, optimizer, generator.State); "
            + "return Checkpoint.LoadLatest(\"made\", model, optimizer)!; }",
        ("docs/how-to/data.md", _) => "public static BatchPosition savedPosition = null!; public static double meanLoss = 1;",
        ("docs/how-to/diagnose.md", _) => "static bool hasGradients = Differentiated(); static bool Differentiated() "
            + "{ Loss.CrossEntropy(model.Forward(x), labels).Backward(); return true; }",
        ("docs/how-to/rescale.md", _) => "public static RescalingOptions options = new();",
        ("docs/how-to/pictures.md", var code) when code.Contains("new PictureReader", StringComparison.Ordinal) =>
            "public static PictureFolder training = PictureFolder.Open(\"flowers\", new() { Height = 64, Width = 64 });",
        ("docs/how-to/trainer.md", _) => "public static TensorDataSet training = new(x, labels), validation = new(x, labels);",
        ("src/Kappa.TorchSharp/README.md", _) => $"public static {TorchModule} net = null!; public static Sequential model = null!;",
        ("docs/how-to/torchsharp.md", _) => $"public static {TorchModule} model = null!;",
        _ => "",
    };

    /// <summary>What stands in the way of running a snippet here; null where it is run.</summary>
    internal static string? NotRun(Snippet snippet) => (snippet.Page, snippet.Code) switch
    {
        ("docs/how-to/torchsharp.md" or "src/Kappa.TorchSharp/README.md", _) => "libtorch",
        ("src/Kappa.Mujoco/README.md", _) => "MuJoCo",
        ("src/Kappa.Mpi/README.md", _) => "the snippet ends the process's part of MPI",
        ("docs/how-to/data.md", _) => "data sets",
        ("docs/how-to/checkpoints.md", var code) when code.Contains("SafeTensorsImport", StringComparison.Ordinal) => "a file of another program",
        _ => null,
    };
}
