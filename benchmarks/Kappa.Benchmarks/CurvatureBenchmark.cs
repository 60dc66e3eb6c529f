using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Kappa.Curvature.Criteria;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Benchmarks;

/// <summary>Eigenpairs, increments and criteria at k = 8 sequences of 64 tokens, against the paper's algorithm in PyTorch: same weights, same data, in
/// turns.</summary>
internal static class CurvatureBenchmark
{
    private const int K = 8;
    private const int Top = 10;
    private const double Sigma = 1e-3;

    internal static int Run(string[] arguments)
    {
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        bool quick = arguments.Contains("--quick");
        int threads = BenchmarkOptions.Value(arguments, "--threads") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 2;
        WorkerPool.ThreadCount = threads;
        if (only == "precision")
            return CurvaturePrecision.Run(arguments);
        var setup = new CurvatureSetup();
        Console.WriteLine($"{setup.Risk.Dimension:N0} parameters, k = {K} sequences, {threads} threads");
        using var peer = setup.StartPeer(threads);
        if (only is "" or "product")
            Products(setup, peer);
        if (only is "" or "top45")
            TopMany(setup, peer, arguments.Contains("--peer"));
        if (only == "budget")
        {
            foreach (int budget in new[] { 40, 80, 160 })
            {
                EigenResult found = null!;
                double seconds = Time(() => found = Solve(setup, Top, 1e-3, budget));
                Console.WriteLine(
                    $"{budget}: {found.Products} products, {seconds:F1} s, {found.Restarts} restarts; relative residuals "
                    + $"{string.Join(" ", found.Residuals.Zip(found.Eigenvalues, (r, v) => (r / Math.Abs(v)).ToString("G2", CultureInfo.InvariantCulture)))}");
                Console.WriteLine("   " + string.Join(" ", found.Eigenvalues.Select(value => value.ToString("G4", CultureInfo.InvariantCulture))));
            }

            return 0;
        }

        if (only is "" or "eigen")
            Eigenpairs(setup, peer, quick ? 1 : 3);
        if (peer is not null && only is ("" or "surrogate" or "direct"))
            Criteria(setup, peer, only, quick ? 1 : 3);
        return only == "" ? CurvaturePrecision.Run(arguments) : 0;
    }

    private static void Criteria(CurvatureSetup setup, TorchPeer peer, string only, int rounds)
    {
        using var pairs = Lanczos.Solve(
            new HessianOperator(setup.Risk, 0, K), Top,
            new LanczosOptions { Spectrum = Spectrum.LargestMagnitude, Tolerance = 1e-3, MaxProducts = 3000, VerifyMultiplicities = false });
        setup.HandOver(peer, pairs.Eigenvectors);
        if (only is "" or "surrogate")
            Surrogate(setup, peer, pairs, rounds);
        if (only is "" or "direct")
            Direct(setup, peer, pairs, rounds);
    }

    /// <summary>The top ten: the peer as its code does it, and ours to its largest relative residual, to its smallest, and to 1e-3.</summary>
    private static void Eigenpairs(CurvatureSetup setup, TorchPeer? peer, int rounds)
    {
        // Compile and warm up.
        _ = Solve(setup, Top, 0.5, 40);
        double[] targets = [1e-3];
        List<double> theirs = [], loose = [];
        JsonElement answer = default;
        for (int round = 0; round < rounds && peer is not null; round++)
        {
            answer = peer.AskObject(new { work = "eigen", k = K, count = Top, iterations = 30, tolerance = 1e-4 });
            theirs.Add(answer.GetProperty("seconds").GetDouble());
            double[] relative = Relative(answer);
            targets = [relative.Max(), relative.Order().ElementAt(Top / 2), relative.Min(), 1e-3];
            loose.Add(Time(() => Solve(setup, Top, targets[0], 3000)));
        }

        if (peer is not null)
        {
            double[] relative = Relative(answer);
            int products = answer.GetProperty("products").GetInt32();
            double seconds = Interleaving.Median(theirs);
            Console.WriteLine(
                $"top {Top}, peer: {products} products, {seconds:F2} s ({seconds / products * 1e3:F0} ms a product); residual over |eigenvalue| "
                + $"{relative.Min():G2} to {relative.Max():G2}");
            var values = answer.GetProperty("values").EnumerateArray().Select(value => value.GetDouble().ToString("G5", CultureInfo.InvariantCulture));
            Console.WriteLine($"  its values {string.Join(" ", values)}");
            foreach (double target in targets)
            {
                var found = Solve(setup, Top, target, 3000);
                double ours = target == targets[0] ? Interleaving.Median(loose) : Time(() => Solve(setup, Top, target, 3000));
                string goal = target.ToString("G2", CultureInfo.InvariantCulture);
                Sheet.Add(
                    $"top {Top} eigenpairs of a transformer's Hessian to {goal}: times as fast as deflated power iteration", Column, seconds / ours, "0.0");
                Sheet.Add($"the same to {goal}, share of its products", Column, (double)found.Products / products, "0.00");
                Console.WriteLine(
                    $"  ours to {target:G2}: {found.Products} products ({(double)found.Products / products:F2} of its), {found.Passes} passes, {ours:F2} s, "
                    + $"{seconds / ours:F1} times as fast; largest {found.Residuals.Zip(found.Eigenvalues, (r, v) => r / Math.Abs(v)).Max():G2}, "
                    + $"converged {found.Converged}");
                Console.WriteLine($"    values {string.Join(" ", found.Eigenvalues.Select(value => value.ToString("G5", CultureInfo.InvariantCulture)))}");
            }
        }
    }

    /// <summary>One product of each, and what four at a time cost.</summary>
    private static void Products(CurvatureSetup setup, TorchPeer? peer)
    {
        var matrix = new HessianOperator(setup.Risk, 0, K);
        var one = Tensor.Normal([1, matrix.Dimension], new Randomness.Philox(1));
        var four = Tensor.Normal([4, matrix.Dimension], new Randomness.Philox(1));
        double[] medians = Medians(
            3,
            () => Time(() => _ = matrix.MatMat(one)),
            () => Time(() => _ = matrix.MatMat(four)) / 4,
            () => peer?.AskObject(
                new { work = "eigen", k = K, count = 1, iterations = 3, tolerance = 1e-12 }).GetProperty("seconds").GetDouble() / 3 ?? double.NaN);
        Sheet.Add("a Hessian product, ms", Column, medians[0] * 1e3, "0");
        Sheet.Add("of four at a time, ms each", Column, medians[1] * 1e3, "0");
        if (peer is not null)
            Sheet.Add("a Hessian product: times as fast as by double backward", Column, medians[2] / medians[0], "0.0");
        Console.WriteLine($"a product: ours {medians[0] * 1e3:F0} ms, {medians[1] * 1e3:F0} ms of four at a time; peer {medians[2] * 1e3:F0} ms");
    }

    /// <summary>a, c and B for ten directions.</summary>
    private static void Surrogate(CurvatureSetup setup, TorchPeer peer, EigenResult pairs, int rounds)
    {
        IncrementModel ours = null!;
        JsonElement whole = default;
        double[] medians = Medians(
            rounds,
            () => Time(() => ours = IncrementModels.At(setup.Risk, pairs, K)),
            () => Time(() => _ = IncrementModels.At(setup.Risk, pairs.Eigenvectors, K)),
            () => (whole = peer.AskObject(new { work = "surrogate", k = K, count = Top, trimmed = false })).GetProperty("seconds").GetDouble(),
            () => peer.AskObject(new { work = "surrogate", k = K, count = Top, trimmed = true }).GetProperty("seconds").GetDouble());
        Sheet.Add($"a, c and B for D = {Top}, eigenpairs known: times as fast as differences of means", Column, medians[2] / medians[0], "0.0");
        Sheet.Add("for any subspace", Column, medians[2] / medians[1], "0.0");
        Sheet.Add("for any subspace, over theirs trimmed to four sequences", Column, medians[3] / medians[1], "0.0");
        Console.WriteLine(
            $"stage II, D = {Top}: ours {medians[0] * 1e3:F0} ms with known eigenpairs, {medians[1] * 1e3:F0} ms for any subspace; "
            + $"peer {medians[2] * 1e3:F0} ms, {medians[2] / medians[0]:F1} and {medians[2] / medians[1]:F1} times; "
            + $"trimmed to four sequences as its code does {medians[3] * 1e3:F0} ms, "
            + $"{medians[3] / medians[0]:F1} times");
        Console.WriteLine(
            $"  a: {ours.A:G7} and {whole.GetProperty("a").GetDouble():G7}; B[0,0]: {ours.B[0, 0]:G6} and {whole.GetProperty("b")[0].GetDouble():G6}");
    }

    /// <summary>Sampling, and the closed form in its place.</summary>
    private static void Direct(CurvatureSetup setup, TorchPeer peer, EigenResult pairs, int rounds)
    {
        var model = IncrementModels.At(setup.Risk, pairs, K);
        double mean = 0;
        double[] medians = Medians(
            rounds,
            () => Time(() => mean = DirectMonteCarlo.InSubspace(setup.Risk, pairs.Eigenvectors, [K], Sigma, 64)[0].Estimate.Mean),
            () => peer.AskObject(new { work = "direct", k = K, count = Top, sigma = Sigma, samples = 64 }).GetProperty("seconds").GetDouble());
        const int Repeats = 20_000;
        double sum = 0;
        double Moments() => Time(() =>
        {
            for (int i = 0; i < Repeats; i++)
                sum += model.GaussianMoment(Sigma);
        }) / Repeats;
        _ = Moments();
        double moment = Moments();
        double quadratic = Time(() => _ = model.QuadraticMonteCarlo(Sigma, 64));
        Sheet.Add($"direct sampling of the criterion, D = {Top}: times as fast a sample", Column, medians[1] / medians[0], "0.0");
        Sheet.Add("the closed form: times as fast as 64 of our samples", Column, medians[0] / moment, "N0");
        Sheet.Add("the closed form: times as fast as 64 of theirs", Column, medians[1] / moment, "N0");
        Console.WriteLine(
            $"direct sampling, D = {Top}, S = 64: ours {medians[0] / 64 * 1e3:F2} ms a sample, peer {medians[1] / 64 * 1e3:F2} ms, "
            + $"{medians[1] / medians[0]:F2} times as fast");
        Console.WriteLine(
            $"stage III: closed form {moment * 1e6:F2} us, against 64 samples {medians[0] / moment:N0} times as fast, against the peer's "
            + $"{medians[1] / moment:N0}; sampling the model {quadratic * 1e6:F0} us");
        Console.WriteLine($"  direct {mean:G6}, closed form {model.GaussianMoment(Sigma):G6}");
    }

    /// <summary>The top 45 to 1e-3.</summary>
    private static void TopMany(CurvatureSetup setup, TorchPeer? peer, bool withPeer)
    {
        EigenResult found = null!;
        double seconds = Time(() => found = Solve(setup, 45, 1e-3, 20_000));
        Sheet.Add("top 45 eigenpairs to a relative residual of 0.001: products", Column, found.Products, "0");
        Sheet.Add("top 45: seconds", Column, seconds, "0.0");
        Console.WriteLine(
            $"top 45 to 1e-3: {found.Products} products, {found.Passes} passes, {found.Restarts} restarts, {seconds:F1} s, converged {found.Converged}, "
            + $"largest relative residual {found.Residuals.Zip(found.Eigenvalues, (r, v) => r / Math.Abs(v)).Max():G2}");
        Console.WriteLine($"  from {found.Eigenvalues[0]:G5} to {found.Eigenvalues[^1]:G5}");
        if (peer is null || !withPeer)
            return;
        var answer = peer.AskObject(new { work = "eigen", k = K, count = 45, iterations = 30, tolerance = 1e-4 });
        double[] relative = Relative(answer);
        Console.WriteLine(
            $"  peer: {answer.GetProperty("products").GetInt32()} products, {answer.GetProperty("seconds").GetDouble():F1} s, relative residual median "
            + $"{relative.Order().ElementAt(22):G2}, largest {relative.Max():G2}");
    }

    private static string Column => Sheet.ColumnOf(WorkerPool.ThreadCount);

    private static EigenResult Solve(CurvatureSetup setup, int count, double tolerance, int products) => Lanczos.Solve(
        new HessianOperator(setup.Risk, 0, K), count, new LanczosOptions
        {
            Spectrum = Spectrum.LargestMagnitude, Tolerance = tolerance, MaxProducts = products, VerifyMultiplicities = false
        });

    private static double[] Relative(JsonElement answer) =>
        [
            .. answer.GetProperty("residuals").EnumerateArray().Zip(
                answer.GetProperty("values").EnumerateArray(), (r, v) => r.GetDouble() / Math.Abs(v.GetDouble()))];

    /// <summary>Each contender in turn, once off the clock and then so many times; a call takes long enough to warm up by itself.</summary>
    private static double[] Medians(int rounds, params Func<double>[] contenders)
    {
        var seconds = contenders.Select(_ => new List<double>()).ToArray();
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                int index = round % 2 == 0 ? i : contenders.Length - 1 - i;
                double taken = contenders[index]();
                if (round >= 0)
                    seconds[index].Add(taken);
            }
        }

        return [.. seconds.Select(Interleaving.Median)];
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        using (TensorScope.Begin())
            action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
