using System.CommandLine;
using Kappa.Mpi;

namespace Kappa.Cli;

/// <summary>A command that several processes of one mpirun run together: the first one speaks, and a failure of one ends all.</summary>
internal static class Job
{
    /// <summary>How much each process does at once: what the command line says, or else its share of what its machine can do.</summary>
    internal static int Jobs(ParseResult parsed, Option<int> option, Communicator processes) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : Math.Max(1, parsed.GetValue(option) / processes.LocalSize);

    /// <summary>Joins the processes of the job, if there are any, and runs the command.</summary>
    /// <param name="context">Where results and errors go.</param>
    /// <param name="work">The command; it gets a context that is silent in all processes but the first.</param>
    internal static int Run(CommandContext context, Func<Communicator, CommandContext, int> work)
    {
        var processes = Communicator.Start();
        // Left after the last word was said: mpirun ends the others once one has ended with an error.
        context.Membership = processes;
        if (!processes.IsLaunched)
            return work(processes, context);
        // Processes on one machine share its processors.
        if (Environment.GetEnvironmentVariable("KAPPA_THREADS") is null)
            ComputeThreads.Count = Math.Max(1, Environment.ProcessorCount / processes.LocalSize);
        var own = processes.Rank == 0
            ? context with { IsAlone = false }
            : new CommandContext(TextWriter.Null, TextWriter.Null, context.Choices, context.Clock, context.Arguments) { IsAlone = false };
        try
        {
            return work(processes, own);
        }
        catch (RankFailedException error)
        {
            // Said by the first process, and where that is the one that is gone, by the next.
            if (processes.Rank == (error.Rank == 0 ? 1 : 0))
                throw;
            return ExitCode.Failed;
        }
        catch (Exception error) when (processes.Size > 1)
        {
            var (code, message) = ReportedFailure.Of(error);
            processes.Fail(message.StartsWith(ReportedFailure.Prefix, StringComparison.Ordinal) ? message[ReportedFailure.Prefix.Length..] : message);
            if (processes.Rank == 0)
                throw;
            return code;
        }
    }
}
