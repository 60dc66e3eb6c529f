// Trains, is killed, resumes, probes and compares, round after round in one process, and requires the same bits of every round, and as much memory and as many
// open files at the end as after the first minute. Arguments: the seconds it lasts; or "train" and a folder, which is the process that is killed.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kappa.Lab.Studies.Train;
using Kappa.Soak;

if (args is ["train", var folder])
{
    _ = TrainingRunner.Run(Round.Config, folder);
    return 0;
}
if (args is not [var text] || !int.TryParse(text, CultureInfo.InvariantCulture, out int seconds) || seconds < 1)
{
    Console.Error.WriteLine("error: expected the seconds that it lasts, such as 600");
    return 2;
}

var clock = Stopwatch.StartNew();
var warmUp = TimeSpan.FromSeconds(Math.Min(60, seconds / 4.0));
string? first = null;
Usage? bound = null, most = null;
int rounds = 0, kills = 0;
double said = 0;
while (clock.Elapsed.TotalSeconds < seconds || bound is null)
{
    // Killed at another place each time: after the first checkpoint, the second, and so on.
    var (found, wasKilled) = Round.Run(1 + (rounds % 4));
    rounds++;
    kills += wasKilled ? 1 : 0;
    first ??= found;
    if (found != first)
    {
        var (was, came) = first.Split('\n').Zip(found.Split('\n')).First(pair => pair.First != pair.Second);
        return Fail($"round {rounds} gave other bits:\n{came}\nin the place of\n{was}");
    }
    var now = Usage.Now();
    most = now.OrMore(most);
    if (clock.Elapsed < warmUp || rounds < 3)
        continue;
    bound ??= most.Bound();
    if (now.Above(bound) is { } fault)
        return Fail($"round {rounds}, after {clock.Elapsed.TotalSeconds:F0} s: {fault}");
    if (clock.Elapsed.TotalSeconds >= said + 30)
    {
        said = clock.Elapsed.TotalSeconds;
        Console.WriteLine($"{said:F0} s: {rounds} rounds, {kills} kills, {now}; the bound is {bound}");
    }
}
string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(first!)));
Console.WriteLine(
    $"held for {clock.Elapsed.TotalSeconds:F0} s: the same bits in {rounds} rounds with {kills} kills ({digest[..16]}), at most {most} where the first "
    + $"{warmUp.TotalSeconds:F0} s allow {bound}");
return kills > 0 ? 0 : Fail("no process was killed while it trained");

static int Fail(string message)
{
    Console.Error.WriteLine($"error: {message}");
    return 1;
}
