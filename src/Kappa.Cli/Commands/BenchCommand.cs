using System.CommandLine;
using static System.FormattableString;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa bench</c>.</summary>
internal static class BenchCommand
{
    private const int Rounds = 7;

    internal static Command Create(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "An ONNX file." };
        var batches = new Option<int[]>("--batches")
        {
            Description = "Examples of one forward pass.", HelpName = "count", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 8],
        };
        Options.Require(batches, text => Options.Whole(text) >= 1, "integers of 1 or more");
        var onnx = new OnnxOptions();
        return onnx.AddTo(new Command(
            "bench",
            "Measures the forward pass of an ONNX file in Kappa's engine on this machine, with one thread and with all.\n\n"
            + "Examples:\n"
            + "  kappa bench resnet18.onnx\n"
            + "  kappa bench resnet18.onnx --batches 1 8\n\n"
            + "The same beside ONNX Runtime, whose native libraries are no part of this command:\n"
            + "  dotnet run -c Release --project benchmarks/Kappa.Benchmarks -- onnx resnet18.onnx")
        {
            file, batches, new JsonOption(),
        }).Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            string path = parsed.GetRequiredValue(file);
            var (model, shape, type) = onnx.Request(parsed, path).Load();
            ImportCommand.Describe(context, path, model);
            int all = ComputeThreads.Count;
            var rows = new List<FindingCell[]>();
            try
            {
                foreach (int threads in new[] { 1, all }.Distinct())
                {
                    ComputeThreads.Count = threads;
                    foreach (int batch in parsed.GetValue(batches)!)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        double milliseconds = Measure(model, new Shape([batch, .. shape.ToArray()]), type, context.Clock, cancellation);
                        rows.Add([FindingCell.Of(threads), FindingCell.Of(batch), FindingCell.Of(milliseconds, "F2"),
                            FindingCell.Of(1000 * batch / milliseconds, "F1")]);
                    }
                }
            }
            finally
            {
                ComputeThreads.Count = all;
            }

            context.Show("forward passes", new FindingTable(["threads", "batch", "ms", "examples/s"], [.. rows]));
            context.Output.WriteLine(Invariant($"Medians of {Rounds} passes on random inputs, {ComputeInstructions.Selected}."));
            return ExitCode.Done;
        }));
    }

    private static double Measure(Module model, Shape shape, DataType type, TimeProvider clock, CancellationToken cancellation)
    {
        using var quiet = NoGradient.Begin();
        using var input = type == DataType.Int32 ? Tensor.Zeros(shape, type) : Tensor.Normal(shape, new Philox(0), type: type);
        var times = new List<double>();
        for (int round = 0; round <= Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            long start = clock.GetTimestamp();
            _ = model.Forward(input);
            // The first pass compiles.
            if (round > 0)
                times.Add(clock.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Order().ElementAt(Rounds / 2);
    }
}
