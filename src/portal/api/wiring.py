"""How an endpoint gets at what it needs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from portal.keys import check_curator
from portal.services import Services


# A coroutine, as it waits for nothing: FastAPI hands plain functions to a thread, which costs more than this does.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Wired = Annotated[Services, Depends(_services)]


async def _curator(request: Request, services: Wired) -> str:
    return check_curator(request, services)


# The name of the curator. A route names it first, so that nothing is read of what is sent without the key.
Curator = Annotated[str, Depends(_curator)]

# What a part of an address names.
ResourceId = Annotated[str, Path(description="Id of a record.")]
InstitutionCode = Annotated[str, Path(description="Code of an institution.")]
VocabularyName = Annotated[str, Path(description="Name of a vocabulary.")]
